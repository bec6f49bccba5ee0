(section
  (section_heading (section_text) @name)) @item

(scene
  (heading (heading_text) @name)) @item

(shot (shot_head) @name) @item
